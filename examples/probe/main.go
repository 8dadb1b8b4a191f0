// Command probe asks a server whether it is well, and tells when, in the time of a place.
//
// It is an ordinary program: nothing in it knows where certificates and time zones come from.
package main

import (
	"fmt"
	"net/http"
	"os"
	"time"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: probe URL ZONE")
		os.Exit(2)
	}
	if err := probe(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "probe:", err)
		os.Exit(1)
	}
}

func probe(url, zone string) error {
	place, err := time.LoadLocation(zone)
	if err != nil {
		return err
	}
	client := http.Client{Timeout: 5 * time.Second}
	response, err := client.Get(url)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	now := time.Now().In(place).Format("15:04 MST")
	fmt.Println(now, response.Proto, response.Status)
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s is not well", url)
	}
	return nil
}
