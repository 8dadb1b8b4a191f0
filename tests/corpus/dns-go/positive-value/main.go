// The method is only a value, which is called elsewhere.
// finds: names of hosts
// targets: linux/amd64 linux/arm64
package main

import (
	"context"
	"fmt"
	"net"
	"os"
)

type config struct {
	dial func(ctx context.Context, network, address string) (net.Conn, error)
}

//go:noinline
func configure() *config {
	dialer := &net.Dialer{}
	return &config{dial: dialer.DialContext}
}

func main() {
	fmt.Println(configure().dial(context.Background(), "tcp", os.Args[1]))
}
