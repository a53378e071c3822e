package diagnose

import "testing"

// TestHypotheses: each cause has its hypothesis, in the order of causes.txt.
func TestHypotheses(t *testing.T) {
	t.Parallel()
	all := Causes()
	if len(all) != len(hypotheses) {
		t.Fatalf("%d causes, %d hypotheses", len(all), len(hypotheses))
	}
	for i := range hypotheses {
		if hypotheses[i].id != all[i].ID {
			t.Errorf("hypothesis %d is %s, the cause there %s", i, hypotheses[i].id, all[i].ID)
		}
	}
}

func TestParseCauses_refuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"title x", "[a]\ntilte x", "[a]\nshows\nx"} {
		if _, err := parseCauses(text); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}
