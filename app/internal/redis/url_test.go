package redis_test

import (
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/app/internal/redis"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, fine := range []string{
		"redis://localhost", "redis://localhost:6379", "redis://localhost:6379/3", "rediss://user:secret@redis.example:6380/0",
		"redis://:secret@10.0.0.1", "redis://[::1]:6379", "redis://localhost?pool_size=5", "redis://localhost?read_timeout=1s",
	} {
		if err := redis.Check(fine); err != nil {
			t.Errorf("%s: %v", fine, err)
		}
	}
	for _, bad := range []string{
		"", "localhost:6379", "//localhost", "http://secret@localhost", "unix:///run/redis.sock", "redis://", "redis://:6379", "redis:secret",
		"redis://user:secret@host:port", "redis://:secret@localhost/x", "redis://:secret@localhost/1/2", "redis://:secret@localhost?what=secret",
		"redis://:sec%ret@localhost", "redis://us er:secret@localhost", "://secret", "redis://:secret@localhost?db=x",
	} {
		err := redis.Check(bad)
		if err == nil || strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), "redis://user:password@host:6379/0") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}
