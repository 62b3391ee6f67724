using System.CommandLine;
using QLoraGen.Cli.Commands;

var root = new RootCommand("Fine-tunes language models in 4 bits (QLoRA): base weights frozen in NF4, adapters trained.")
{
    FinetuneCommand.Create(),
    GenerateCommand.Create(),
    EvalCommand.Create(),
    PlanCommand.Create(),
    InspectCommand.Create(),
    QuantizeCommand.Create(),
    MergeCommand.Create(),
    ExportCommand.Create(),
    DoctorCommand.Create(),
    MakeDefaultCommand.Create(),
};
return await root.Parse(args).InvokeAsync(new InvocationConfiguration
{
    EnableDefaultExceptionHandler = false,
    ProcessTerminationTimeout = null,   // Ctrl-C is a verb's own affair: finetune saves first
});
