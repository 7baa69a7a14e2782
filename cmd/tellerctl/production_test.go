//go:build !virtualpad

package main

import "testing"

func TestProduction(t *testing.T) { scripts(t, "testdata/production") }
