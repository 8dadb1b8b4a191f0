module example.com/corpus/asset-positive-bus

go 1.20

require github.com/godbus/dbus/v5 v5.1.0
