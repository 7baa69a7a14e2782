//go:build virtualpad

package main

import "testing"

func TestTrial(t *testing.T) { scripts(t, "testdata/trial") }
