using System.Diagnostics;
using Xunit;

namespace QLoraGen.Testing;

/// <summary>The dotnet command, as a user calls it.</summary>
public static class Dotnet
{
    /// <summary>Runs a command that must succeed.</summary>
    /// <returns>What it printed.</returns>
    public static string Run(string folder, params string[] arguments)
    {
        (int code, string output) = Try(folder, arguments);
        Assert.True(code == 0, $"dotnet {string.Join(' ', arguments)} gave {code}:\n{output}");
        return output;
    }

    /// <summary>Runs a command that may fail.</summary>
    /// <returns>Its exit code and what it printed.</returns>
    public static (int Code, string Output) Try(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
        };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment.Remove("MSBUILD_EXE_PATH");   // of the build that runs this test
        start.Environment.Remove("MSBuildSDKsPath");
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, $"{output}{error.Result}");
    }
}
