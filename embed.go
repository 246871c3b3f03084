// Package gatehouse holds what of the module's own files the command needs: go.mod and go.sum, from
// which it writes those of a new application, which with every sum at hand builds without asking
// anybody, and the changelog, which says what an upgrade asks of ejected pages. The library is
// package app.
package gatehouse

import _ "embed"

//go:embed go.mod
var goMod string

//go:embed go.sum
var goSum string

//go:embed CHANGELOG.md
var changelog string

// GoMod returns the module's go.mod.
func GoMod() string { return goMod }

// GoSum returns the module's go.sum.
func GoSum() string { return goSum }

// Changelog returns the module's CHANGELOG.md.
func Changelog() string { return changelog }
