//go:build !unix

package pdf

import "time"

// cpu is not known here.
func cpu() time.Duration { return 0 }
