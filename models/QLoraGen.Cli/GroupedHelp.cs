using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace QLoraGen.Cli;

/// <summary>A verb's options in groups, each under a heading of its own in <c>--help</c>.</summary>
/// <param name="groups">The headings with their options.</param>
internal sealed class GroupedHelp((string Heading, IReadOnlyList<Option> Options)[] groups) : SynchronousCommandLineAction
{
    private const int Column = 44;

    /// <summary>Gives a command its options, and a help that shows them in groups.</summary>
    public static void Add(Command command, params (string Heading, IReadOnlyList<Option> Options)[] groups)
    {
        foreach (Option option in groups.SelectMany(static group => group.Options))
        {
            command.Add(option);
        }
        command.Add(new HelpOption { Action = new GroupedHelp(groups) });
    }

    public override int Invoke(ParseResult parseResult)
    {
        TextWriter to = parseResult.InvocationConfiguration.Output;
        Command command = parseResult.CommandResult.Command;
        to.WriteLine(command.Description);
        to.WriteLine();
        to.WriteLine($"Usage: qlora {command.Name} [options]");
        foreach ((string heading, IReadOnlyList<Option> options) in groups)
        {
            to.WriteLine();
            to.WriteLine($"{heading}:");
            foreach (Option option in options)
            {
                string names = $"  {string.Join(", ", option.Aliases.Prepend(option.Name))}{(option.HelpName is { } value ? $" <{value}>" : "")}";
                string standard = option is { HasDefaultValue: true } && option.ValueType != typeof(bool) ? $" Default: {option.GetDefaultValue()}." : "";
                to.WriteLine(names.Length < Column ? $"{names.PadRight(Column)}{option.Description}{standard}"
                    : $"{names}{Environment.NewLine}{new string(' ', Column)}{option.Description}{standard}");
            }
        }
        return 0;
    }
}
