package scaffold

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/mod/semver"
)

// ejectedHeading is where the changelog says what an upgrade asks of copies.
const ejectedHeading = "Ejected pages"

// changelogURL is the changelog for whoever reads a message in a terminal.
const changelogURL = "https://" + kit + "/blob/main/CHANGELOG.md"

// A note is what one version asks of copies: of those whose paths it names, or of all.
type note struct {
	version string // "Unreleased" before it has one
	paths   []string
	// safety is set where the kit's template was changed because the one before was not safe.
	safety bool
	text   string
}

// A changelog is its notes, newest first.
type changelog []note

var (
	versionLine = regexp.MustCompile(`^## \[(?:v?)([^\]]+)\]`)
	// Such as: - **SECURITY** `pages/login.templ`, `pages/register.templ`: What was wrong.
	noteLine = regexp.MustCompile("^- (\\*\\*SECURITY\\*\\* )?((?:`[^`]+`(?:, )?)*):? ?(.*)$")
	pathWord = regexp.MustCompile("`([^`]+\\.templ)`")
)

func readChangelog(text string) changelog {
	var c changelog
	version, within := "", false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		switch m := versionLine.FindStringSubmatch(line); {
		case m != nil:
			version, within = m[1], false
		case strings.HasPrefix(line, "### "):
			within = strings.TrimSpace(line[4:]) == ejectedHeading
		case !within || line == "- None.":
		case strings.HasPrefix(line, "- "):
			m := noteLine.FindStringSubmatch(line)
			n := note{version: version, safety: m[1] != "", text: strings.TrimPrefix(line, "- ")}
			for _, word := range pathWord.FindAllStringSubmatch(m[2], -1) {
				n.paths = append(n.paths, word[1])
			}
			c = append(c, n)
		case strings.HasPrefix(line, "  ") && len(c) > 0:
			c[len(c)-1].text += " " + strings.TrimSpace(line)
		}
	}
	return c
}

// safety are the notes about what was not safe in one template, newest first. There are only ever
// more of them: how many a copy has tells which it lacks, in every version and between versions.
func (c changelog) safety(path string) []note {
	var list []note
	for _, n := range c {
		if n.safety && slices.Contains(n.paths, path) {
			list = append(list, n)
		}
	}
	return list
}

// since are the notes on some templates, and on all of them, in one version and those after it.
// Where no number says what comes after it, all are.
func (c changelog) since(version string, paths []string) []note {
	var list []note
	for _, n := range c {
		about := len(n.paths) == 0 || slices.ContainsFunc(n.paths, func(p string) bool { return slices.Contains(paths, p) })
		after := !semver.IsValid("v"+n.version) || !semver.IsValid(version) || semver.Compare("v"+n.version, version) >= 0
		if about && after {
			list = append(list, n)
		}
	}
	return list
}
