// Package repo holds the rules of this repository that a compiler and a linter cannot, as tests. Each
// says why it is there when it fails; an exception stands in a list, with its reason.
package repo
