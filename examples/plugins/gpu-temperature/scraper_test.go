package main

import (
	"math"
	"testing"

	"switchyard/switchyardtest"
)

func TestTheExporterIsAskedForTemperaturesAlone(t *testing.T) {
	plan, err := switchyardtest.New(t, definition, `{"path": "/dcgm", "port": 9400}`).Plan()
	if err != nil || len(plan) != 1 {
		t.Fatalf("found %+v, %v, expected one fetch", plan, err)
	}
	fetch := plan[0]
	if fetch.Path != "/dcgm" || fetch.Port != 9400 || fetch.Families[0] != family || fetch.Columns[0] != column {
		t.Errorf("found %+v", fetch)
	}
}

func checkHottest(t *testing.T, body string, want float64) {
	t.Helper()
	samples, err := switchyardtest.New(t, definition, `{}`).Parse(200, body)
	if err != nil {
		t.Fatal(err)
	}
	switchyardtest.Close(t, samples[0].Values, want)
}

func TestTheHottestGPUCounts(t *testing.T) {
	checkHottest(t, `# HELP DCGM_FI_DEV_GPU_TEMP GPU temperature (in C).
# TYPE DCGM_FI_DEV_GPU_TEMP gauge
DCGM_FI_DEV_GPU_TEMP{gpu="0",UUID="GPU-a",modelName="NVIDIA H100"} 61
DCGM_FI_DEV_GPU_TEMP{gpu="1",UUID="GPU-b",modelName="NVIDIA H100"} 74
DCGM_FI_DEV_GPU_TEMP{gpu="2",UUID="GPU-c",modelName="NVIDIA H100"} 58
`, 74)
}

func TestATemperatureThatIsNotThereIsUnknown(t *testing.T) {
	checkHottest(t, "", math.NaN())
	checkHottest(t, "DCGM_FI_DEV_MEMORY_TEMP{gpu=\"0\"} 90\n", math.NaN())
	checkHottest(t, "DCGM_FI_DEV_GPU_TEMP{gpu=\"0\"} 2147483632\n", math.NaN())
	checkHottest(t, "DCGM_FI_DEV_GPU_TEMP{gpu=\"0\"} NaN\nDCGM_FI_DEV_GPU_TEMP{gpu=\"1\"} 40\n", 40)
}

func TestAnyOtherStatusIsAFault(t *testing.T) {
	if samples, err := switchyardtest.New(t, definition, `{}`).Parse(503, ""); err == nil {
		t.Errorf("found %v, expected a fault", samples)
	}
}
