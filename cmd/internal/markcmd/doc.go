// Package markcmd is what "tellerctl mark" does: make keys, read marks from PDF
// files and from scans as PNG, check claims; under the build tag virtualpad
// also make a page with marked ink from a record of handwriting. Start at
// [Read] and [Check]. The mathematics is in render/watermark; here are files,
// pictures and JSON. Lengths are mm, amplitudes µm.
package markcmd
