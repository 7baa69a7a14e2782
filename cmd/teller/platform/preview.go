package platform

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"os/exec"
	"strconv"
	"time"
)

// ErrNoPreview: pdftoppm (poppler-utils) is not installed.
var ErrNoPreview = errors.New("no program to show PDFs: install poppler-utils")

// previewTime is the longest that drawing a voucher may take.
const previewTime = 20 * time.Second

// mostPages of a document that are shown.
const mostPages = 40

// CanPreview says whether Preview can work here.
func CanPreview() bool { _, err := exec.LookPath("pdftoppm"); return err == nil }

// Preview draws the pages of a stored PDF, dpi dots an inch.
func Preview(ctx context.Context, pdf []byte, dpi int) ([]image.Image, error) {
	path, err := exec.LookPath("pdftoppm")
	if err != nil {
		return nil, ErrNoPreview
	}
	ctx, stop := context.WithTimeout(ctx, previewTime)
	defer stop()
	cmd := exec.CommandContext(ctx, path, "-q", "-r", strconv.Itoa(dpi), "-l", strconv.Itoa(mostPages), "-")
	cmd.Stdin = bytes.NewReader(pdf)
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("showing the document: %w", err)
	}
	return readPPM(out)
}

// readPPM reads pictures in the PPM format (P6, 8 bits), one after the other.
func readPPM(b []byte) ([]image.Image, error) {
	r := bufio.NewReader(bytes.NewReader(b))
	var all []image.Image
	for {
		if _, err := r.Peek(1); errors.Is(err, io.EOF) {
			return all, nil
		}
		var magic string
		var w, h, most int
		if _, err := fmt.Fscan(r, &magic, &w, &h, &most); err != nil || magic != "P6" || most != 255 {
			return nil, fmt.Errorf("showing the document: not a picture (%q)", magic)
		}
		if _, err := r.ReadByte(); err != nil {
			return nil, err
		}
		if w <= 0 || h <= 0 || w > 20000 || h > 20000 {
			return nil, fmt.Errorf("showing the document: a picture of %d × %d", w, h)
		}
		img := image.NewRGBA(image.Rect(0, 0, w, h))
		row := make([]byte, 3*w)
		for y := range h {
			if _, err := io.ReadFull(r, row); err != nil {
				return nil, fmt.Errorf("showing the document: %w", err)
			}
			line := img.Pix[y*img.Stride:]
			for x := range w {
				line[4*x], line[4*x+1], line[4*x+2], line[4*x+3] = row[3*x], row[3*x+1], row[3*x+2], 255
			}
		}
		all = append(all, img)
	}
}
