package explain

// SDKWays is how many ways the table has.
func SDKWays() int {
	n := 0
	for _, row := range sdkWays {
		n += len(row.ways)
	}
	return n
}
