package station

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"moqian/store/upload"
)

// ErrNoArchive: no archive is named.
var ErrNoArchive = errors.New("no archive is configured")

// Archive gives the sender for an address, dir:PATH or s3://…; empty: the site's.
func (st *Station) Archive(address string, getenv func(string) string) (upload.Sender, error) {
	if address == "" {
		address = st.Site.Archive
	}
	test := st.Trial || st.Site.AcceptTest
	switch {
	case address == "":
		return nil, ErrNoArchive
	case strings.HasPrefix(address, "dir:"):
		dir := strings.TrimPrefix(address, "dir:")
		if st.Trial {
			if err := os.MkdirAll(dir, 0o700); err != nil {
				return nil, fmt.Errorf("making the trial archive: %w", err)
			}
		}
		return upload.Folder{Dir: dir, AcceptTest: test}, nil
	}
	return nil, fmt.Errorf("archive %q: want dir:PATH or s3://BUCKET/PREFIX?endpoint=URL", address)
}

// Worker empties the queue into an archive.
func (st *Station) Worker(to upload.Sender) *upload.Worker {
	return &upload.Worker{Outbox: st.Store.Outbox(), Sender: to, Now: st.now}
}
