package verifycmd

import (
	"strings"

	"github.com/antom-cli/antom/internal/intake"
	"github.com/antom-cli/antom/internal/verify"
	"github.com/antom-cli/antom/pkg/sign"
)

// nameHeaders is the remedy if only a body was saved.
const nameHeaders = "this is a body alone: name what its headers said with --signature and --time, and --client-id and --url where they are not the profile's; or save the whole request"

// nameFlag names the flag for a part that a body alone lacks.
func nameFlag(v *verify.Verdict, kind intake.Kind) {
	switch sign.Reason(v.Reason) {
	case sign.TimeMissing:
		v.Remedy = "name its " + strings.ToLower(kind.TimeHeader()) + " header with --time"
	case sign.ClientIDMissing:
		v.Remedy = "name its client-id header with --client-id"
	case sign.SignatureMissing:
		v.Remedy = nameHeaders
	}
}
