package identity_test

import (
	"testing"

	"github.com/gatehouse-go/gatehouse/app/internal/identity"
)

func TestSkeleton(t *testing.T) {
	t.Parallel()
	for _, alike := range [][]string{
		{"paypal", "PayPaI", "раураl", "paypa1", "PAYPAL"},
		{"bob", "b0b", "BOB"},
		{"modern", "modem", "MODERN"},
		{"socoo", "ѕосоо"},
		{"mike", "mi\u0307ke"},
		{"jo", "j\u0307o"},
		{"Ada-1", "ada-l", "Ada-I"},
		{"ünal", "u\u0308nal"},
		{"scope", "ѕсоре"},
		{"arına", "arina"},
	} {
		want := identity.Skeleton(alike[0])
		for _, name := range alike[1:] {
			if got := identity.Skeleton(name); got != want {
				t.Errorf("%+q looks like %+q, and %+q like %+q", name, got, alike[0], want)
			}
		}
		for _, other := range []string{"mallory", "用户二", "anne"} {
			if identity.Skeleton(other) == want {
				t.Errorf("%q looks like %q", other, alike[0])
			}
		}
	}
}

func TestReserved(t *testing.T) {
	t.Parallel()
	names := []string{"admin", "no-reply"}
	for name, want := range map[string]bool{
		"admin": true, "Admin": true, "аdmіn": true, "adrnin": true, "a.d.m.i.n": true, "_admin_": true, "noreply": true, "n0_reply": true,
		"ADMIN": true, "AdmIn": true, "admİn": true, "admi\u0307n": true, "ADM.IN": true, "NO-REPLY": true, "аDMIN": true,
		"admins": false, "badmin": false, "ad": false, "reply": false,
	} {
		if got := identity.Reserved(name, names); got != want {
			t.Errorf("%q is reserved: %v", name, got)
		}
	}
	if identity.Reserved("admin", nil) {
		t.Error("nothing is reserved, and admin is")
	}
}

func FuzzSkeleton(f *testing.F) {
	for _, seed := range []string{"paypal", "раураӏ", "m", "ﬁ", "ŉ", "İ", "ẞ", "\u0345", "\xff", "𝐀"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		name, err := identity.Username(typed)
		if err != nil {
			return
		}
		looks := identity.Skeleton(name.Shown)
		if looks == "" || len(looks) > 32*len(name.Shown) {
			t.Fatalf("%+q looks like %+q", name.Shown, looks)
		}
		if again := identity.Skeleton(name.Shown); again != looks {
			t.Fatalf("%+q looks like %+q, and then like %+q", name.Shown, looks, again)
		}
	})
}
