package bench

import (
	"strings"
	"testing"

	"github.com/antom-cli/antom/internal/intake"
	"github.com/antom-cli/antom/internal/proof"
	"github.com/antom-cli/antom/internal/testkit"
	"github.com/antom-cli/antom/pkg/sign"
)

// BenchmarkSearchNothing reads a megabyte of ordinary log lines without a message; it must stay
// under 200 ms.
func BenchmarkSearchNothing(b *testing.B) {
	line := `2026-11-20T10:00:01.123Z INFO shop {"path":"/orders/17","status":200,"user":"c0ffee","took":12,"note":"nothing \"special\""}` + "\n"
	text := []byte(strings.Repeat(line, 1<<20/len(line)))
	finder := &proof.Finder{Keys: map[intake.Kind]*sign.PublicKey{intake.Notification: testkit.PublicKey(b, "antom")}}
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if found := finder.Find(text, "app.log"); len(found) > 0 {
			b.Fatal("a message was found where there is none")
		}
	}
}

// BenchmarkSearchOne reads a megabyte of such lines with an unrelated signature among them, so
// that all encodings are tried.
func BenchmarkSearchOne(b *testing.B) {
	line := `2026-11-20T10:00:01.123Z INFO shop {"path":"/orders/17","status":200,"user":"c0ffee","took":12,"note":"nothing \"special\""}` + "\n"
	text := []byte(strings.Repeat(line, 1<<20/len(line)) + "signature=" + strings.Repeat("QUJD", 85) + "QQ==\n")
	finder := &proof.Finder{Keys: map[intake.Kind]*sign.PublicKey{intake.Notification: testkit.PublicKey(b, "antom")}}
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		for _, found := range finder.Find(text, "app.log") {
			if found.Proven {
				b.Fatal("proven")
			}
		}
	}
}
