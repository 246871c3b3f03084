//go:build unix

package main

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

func aptWorks() bool {
	_, err := exec.LookPath("apt-get")
	return err == nil && os.Geteuid() == 0
}

func aptInstall(ctx context.Context, packages []string) error {
	fmt.Printf("services: apt-get install %s\n", strings.Join(packages, " "))
	for _, args := range [][]string{
		{"update", "-q"},
		append([]string{"install", "-q", "-y", "--no-install-recommends"}, packages...),
	} {
		cmd := exec.CommandContext(ctx, "apt-get", args...)
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		if said, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("apt-get %s: %w\n%s", strings.Join(args, " "), err, said)
		}
	}
	return nil
}

// dockerAnswers tells an engine from a client that has none to talk to.
func dockerAnswers(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	return exec.CommandContext(ctx, "docker", "info").Run() == nil &&
		exec.CommandContext(ctx, "docker", "compose", "version").Run() == nil
}

//go:embed compose.yaml
var composeFile string

// startContainer starts the need's service of compose.yaml on a port that Docker chooses.
func startContainer(ctx context.Context, n need) (*daemon, string, error) {
	compose := func(ctx context.Context, args ...string) (string, error) {
		project := fmt.Sprintf("gatehouse-tests-%d-%s", os.Getpid(), n.compose)
		cmd := exec.CommandContext(ctx, "docker", append([]string{"compose", "-p", project, "-f", "-"}, args...)...)
		cmd.Stdin = strings.NewReader(composeFile)
		said, err := cmd.CombinedOutput()
		if err != nil {
			return "", fmt.Errorf("docker compose %s: %w\n%s", strings.Join(args, " "), err, said)
		}
		return strings.TrimSpace(string(said)), nil
	}
	d := &daemon{stop: func() error {
		_, err := compose(context.Background(), "down", "--volumes")
		return err
	}}
	if _, err := compose(ctx, "up", "--detach", "--wait", "--quiet-pull", n.compose); err != nil {
		_ = d.stop() // the reason above is the one to read
		return nil, "", err
	}
	address, err := compose(ctx, "port", n.compose, n.port)
	if err != nil {
		_ = d.stop()
		return nil, "", err
	}
	return d, fmt.Sprintf(n.url, address), nil
}
