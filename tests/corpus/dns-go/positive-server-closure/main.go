// It is started beside the program, which ends it: the usual shape.
// go: 1.26
// targets: linux/amd64 linux/arm64
// finds: names of hosts
package main

import (
	"context"
	"errors"
	"log"
	"net/http"
	"os"
	"os/signal"
)

func main() {
	interrupted, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	server := &http.Server{Addr: "localhost:8080", Handler: http.NotFoundHandler()}
	go func() {
		if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
			log.Fatal(err)
		}
	}()
	<-interrupted.Done()
	log.Println(server.Shutdown(context.Background()))
}
