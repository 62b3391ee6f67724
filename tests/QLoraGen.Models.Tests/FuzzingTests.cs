using System.Diagnostics;
using System.Text.Json;
using QLoraGen.Fuzzing;

namespace QLoraGen.Models.Tests;

/// <summary>A short run of the fuzzer with a fixed seed; minutes of it are run by hand, as tests/QLoraGen.Fuzzing says.</summary>
public sealed class FuzzingTests
{
    private const int Cases = 200;   // of each target

    [Fact]
    public async Task Mutated_files_of_every_format_are_read_or_refused_in_words()
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "fuzz.dll"), "--seed", "20", "--count", $"{Cases * Target.All.Count}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, output + await errors);
        JsonElement result = JsonDocument.Parse(output.TrimEnd().Split('\n')[^1]).RootElement;
        // Both ends are met, or the mutator is too rough, or too gentle, to test anything.
        Assert.Equal(Cases * Target.All.Count, result.GetProperty("executions").GetInt32());
        Assert.InRange(result.GetProperty("read").GetInt32(), Cases, (Cases * Target.All.Count) - (2 * Cases));
    }
}
