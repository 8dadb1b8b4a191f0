// Package inventory lists the regular files below a directory, with their
// sizes and hashes.
package inventory

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"runtime"

	"golang.org/x/sync/errgroup"
)

// File is one regular file. Its path is relative and has slashes on every
// system.
type File struct {
	Path   string `json:"path" yaml:"path"`
	Size   int64  `json:"size" yaml:"size"`
	SHA256 string `json:"sha256" yaml:"sha256"`
}

// Scan lists the regular files of a file system in the order of their paths.
// Symbolic links are not followed. Files are hashed in parallel.
func Scan(ctx context.Context, fsys fs.FS) ([]File, error) {
	files := []File{}
	err := fs.WalkDir(fsys, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.Type().IsRegular() {
			files = append(files, File{Path: path})
		}
		return ctx.Err()
	})
	if err != nil {
		return nil, err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range files {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return files[i].hash(fsys)
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return files, nil
}

func (f *File) hash(fsys fs.FS) error {
	file, err := fsys.Open(f.Path)
	if err != nil {
		return err
	}
	defer file.Close()
	sum := sha256.New()
	// The size of what was hashed: a file may grow while it is read.
	f.Size, err = io.Copy(sum, file)
	if err != nil {
		return err
	}
	f.SHA256 = hex.EncodeToString(sum.Sum(nil))
	return nil
}

// Total returns the size of all the files together.
func Total(files []File) int64 {
	var total int64
	for _, f := range files {
		total += f.Size
	}
	return total
}
