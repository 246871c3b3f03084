// Package gatehouse holds the module's own go.mod and go.sum, from which the command writes those
// of a new application: with every sum at hand it builds without asking anybody. The library is
// package app.
package gatehouse

import _ "embed"

//go:embed go.mod
var goMod string

//go:embed go.sum
var goSum string

// GoMod returns the module's go.mod.
func GoMod() string { return goMod }

// GoSum returns the module's go.sum.
func GoSum() string { return goSum }
