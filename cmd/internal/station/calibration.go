package station

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"moqian/pad"
	"moqian/store"
)

const calibrations = "calibration."

// PadName names a pad by what it says of itself: "056a:00a4 5JZQS00032", the
// form of pad.Calibration.Pad.
func PadName(i pad.Info) string {
	return strings.TrimSpace(fmt.Sprintf("%04x:%04x %s", i.VID, i.PID, i.Serial))
}

// KeepCalibration keeps a pad's calibration in place of an earlier one, with an
// entry of the log.
func (st *Station) KeepCalibration(ctx context.Context, c pad.Calibration) error {
	if c.Pad == "" {
		return errors.New("the calibration does not say which pad it is for")
	}
	b, err := json.Marshal(c)
	if err != nil {
		return err
	}
	return st.Store.Amend(ctx, calibrations+c.Pad, func([]byte) ([]byte, store.Entry, error) {
		return b, store.Entry{Actor: or(c.Operator, "system"), Action: "calibrate", Pad: c.Pad, Outcome: "ok",
			Detail: map[string]string{"calibration": c.ID(), "rms_mm": fmt.Sprintf("%.3f", c.Fit.RMS)}}, nil
	})
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// Calibration of a pad; nil where none was kept.
func (st *Station) Calibration(ctx context.Context, i pad.Info) (*pad.Calibration, error) {
	b, found, err := st.Store.Setting(ctx, calibrations+PadName(i))
	if err != nil || !found {
		return nil, err
	}
	c := new(pad.Calibration)
	if err := json.Unmarshal(b, c); err != nil {
		return nil, fmt.Errorf("the calibration of %s: %w", PadName(i), err)
	}
	return c, nil
}
