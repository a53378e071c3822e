package emulator

// RawRefusalCodes are the result codes that have a raw refusal.
func RawRefusalCodes() []string {
	var codes []string
	for _, row := range rawRefusals {
		codes = append(codes, row.code)
	}
	return codes
}
