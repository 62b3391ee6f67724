using System.CommandLine;
using System.Runtime.InteropServices;

namespace QLoraGen.Cli;

/// <summary>What all verbs share in how they run: errors as one line, Ctrl-C as cancellation, results as JSON.</summary>
internal static class Verb
{
    /// <summary>Gives a command more options.</summary>
    public static Command With(this Command command, IEnumerable<Option> options)
    {
        foreach (Option option in options)
        {
            command.Options.Add(option);
        }
        return command;
    }

    /// <summary>Lets a command run a function; what a user can mend is one line on stderr and exit code 1.</summary>
    public static Command Runs(this Command command, Action<ParseResult, Output, CancellationToken> run)
    {
        command.SetAction(parsed =>
        {
            using var stop = new CancellationTokenSource();
            using PosixSignalRegistration interrupt = StopOn(PosixSignal.SIGINT, stop);
            using PosixSignalRegistration terminate = StopOn(PosixSignal.SIGTERM, stop);
            var output = new Output(parsed.GetValue(SharedOptions.Json));
            try
            {
                run(parsed, output, stop.Token);
                return 0;
            }
            catch (QLoraException e)
            {
                output.Error(e.Message);
                return 1;
            }
            catch (OperationCanceledException)
            {
                output.Error("stopped before there was a result.");
                return 130;
            }
        });
        return command;
    }

    // The first signal asks for an end; the second one is the system's own, at once.
    private static PosixSignalRegistration StopOn(PosixSignal signal, CancellationTokenSource stop) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        });
}
