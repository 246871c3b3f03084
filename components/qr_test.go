package components_test

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"rsc.io/qr"

	"github.com/gatehouse-go/gatehouse/components"
)

// Every module of the code is drawn, and nothing else.
func TestQRDrawsTheCode(t *testing.T) {
	t.Parallel()
	const content = "otpauth://totp/Shop:ada@example.com?secret=JBSWY3DPEHPK3PXP&issuer=Shop"
	want, err := qr.Encode(content, qr.M)
	if err != nil {
		t.Fatal(err)
	}
	doc := draw(t, components.Scope{}, components.QR(content, "Code for your authenticator"))
	side := want.Size + 8
	wants(t, doc, "svg", map[string]string{"role": "img", "aria-label": "Code for your authenticator"})
	if box := doc.Find("svg").AttrOr("viewBox", ""); box != fmt.Sprintf("0 0 %d %d", side, side) {
		t.Errorf("the view box is %q", box)
	}
	drawn := map[[2]int]bool{}
	for _, m := range regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-(\d+)z`).FindAllStringSubmatch(doc.Find("path").Last().AttrOr("d", ""), -1) {
		x, y, n := number(t, m[1]), number(t, m[2]), number(t, m[3])
		for i := range n {
			drawn[[2]int{x + i - 4, y - 4}] = true
		}
	}
	for y := range want.Size {
		for x := range want.Size {
			if drawn[[2]int{x, y}] != want.Black(x, y) {
				t.Fatalf("the module at %d, %d is %v, want %v", x, y, drawn[[2]int{x, y}], want.Black(x, y))
			}
		}
	}
}

func TestQROfTooMuch(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	if err := components.QR(strings.Repeat("x", 5000), "Too much").Render(t.Context(), &b); err == nil {
		t.Error("5000 characters fit into a code")
	}
}

func number(t *testing.T, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
