package ctl

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"moqian/cmd/internal/station"
	"moqian/store"
	"moqian/store/upload"
)

// fetch finds a voucher in the archive and reads its newest document; the bytes
// are compared with the digest in its key.
func fetch(ctx context.Context, st *station.Station, from upload.Archive, voucher, date string) ([]byte, string, error) {
	found, err := upload.Find(ctx, from, st.Site.BranchCode, store.Query{Voucher: voucher, Date: date})
	if err != nil {
		return nil, "", fmt.Errorf("looking in the archive: %w", err)
	}
	if len(found) == 0 {
		return nil, "", no{fmt.Errorf("the archive has no voucher %s", voucher)}
	}
	key := found[len(found)-1].Key
	file, err := from.Get(ctx, key)
	if err != nil {
		return nil, "", fmt.Errorf("reading from the archive: %w", err)
	}
	sum := sha256.Sum256(file)
	if !strings.Contains(key, hex.EncodeToString(sum[:])) {
		return nil, "", no{fmt.Errorf("%s: the archive's bytes are not those of its key", key)}
	}
	return file, key, nil
}
