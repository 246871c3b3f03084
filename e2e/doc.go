// Package e2e drives a real browser through a real application. Everything in it is a test: it is a
// module of its own, so that nobody who uses the kit downloads what speaks to the browser.
//
//	go test ./...                                  everything, in about a minute and a half
//	SHOTS=shots go test -run TestPages ./...       and a picture of every page, for people to look at
//
// The browser is the one that CHROME names, or a Chromium or Chrome found on the PATH.
package e2e
