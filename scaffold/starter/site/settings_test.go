package site

import "testing"

func TestWhereItListensAndGoesBy(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		given     Settings
		addr, url string
	}{
		{"nothing is set", Settings{}, "localhost:3000", "http://localhost:3000"},
		{"an address", Settings{Addr: ":8080"}, ":8080", "http://localhost:8080"},
		{"a port", Settings{Port: "8080"}, ":8080", "http://localhost:8080"},
		{"an address and a port", Settings{Addr: "127.0.0.1:4000", Port: "8080"}, "127.0.0.1:4000", "http://localhost:4000"},
		{"a URL on this machine", Settings{URL: "http://shop.localhost:3000/"}, "localhost:3000", "http://shop.localhost:3000"},
		{"a URL for everybody", Settings{URL: "https://shop.example"}, ":3000", "https://shop.example"},
		{"a URL and a port", Settings{URL: "https://shop.example", Port: "8080"}, ":8080", "https://shop.example"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := c.given.withDefaults()
			if got.Addr != c.addr || got.URL != c.url {
				t.Errorf("it listens on %s and goes by %s; want %s and %s", got.Addr, got.URL, c.addr, c.url)
			}
		})
	}
}
