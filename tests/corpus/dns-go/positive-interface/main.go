// The method is called through an interface.
// finds: names of hosts
// targets: linux/amd64 linux/arm64
package main

import (
	"context"
	"fmt"
	"net"
	"os"
)

type lookup interface {
	LookupHost(ctx context.Context, host string) ([]string, error)
}

type fixed struct{}

func (fixed) LookupHost(context.Context, string) ([]string, error) {
	return []string{"192.0.2.1"}, nil
}

//go:noinline
func choose() lookup {
	if len(os.Args) > 2 {
		return fixed{}
	}
	return net.DefaultResolver
}

func main() {
	fmt.Println(choose().LookupHost(context.Background(), os.Args[1]))
}
