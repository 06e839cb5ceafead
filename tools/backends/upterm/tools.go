//go:build tools

// Why: upterm's go.mod has replace lines, so `go install` refuses it by version. This module requires it instead, and these
// imports keep both programs and all they need in go.mod and go.sum.

package main

import (
	_ "github.com/owenthereal/upterm/cmd/upterm"
	_ "github.com/owenthereal/upterm/cmd/uptermd"
)
