using ForeignConnector.Lib.Gateways;
using ForeignConnector.Lib.Hosting;
using ForeignConnector.Lib.PostgreSql;
using ForeignConnector.Lib.Queueing;
using ForeignConnector.Lib.Queueing.Management;
using ForeignConnector.Lib.Smtp;
using ForeignConnector.Lib.Transport;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace TransportHost;

/// <summary>The commands. Results go to standard output, the log to standard error.</summary>
internal static class Commands
{
    private const int Success = 0;
    private const int InvalidConfiguration = 1;
    private const int CannotStart = 1;
    private const int Defect = 1;
    private const int NotDone = 3;
    private const int NotTold = 4;

    // What a burst of mail writes while the log is formatted.
    private const int LogQueueLength = 20_000;

    /// <summary>Runs until SIGTERM or Ctrl+C.</summary>
    public static Task<int> RunAsync(CommandLine command) => GuardAsync(async () =>
    {
        var started = false;
        using var host = Build(command, followChanges: true, onUnreadable: failure =>
        {
            // Before the start it ends the program instead.
            if (started)
                Console.Error.WriteLine($"The changed configuration cannot be read; the old one stays in force. {Unreadable(failure)}");
        });
        await host.StartAsync();
        started = true;
        try
        {
            Console.WriteLine("ready");
        }
        catch (OutputException e)
        {
            Console.Error.WriteLine($"'ready' cannot be written; the transport runs. {e.Message}");
        }
        await host.WaitForShutdownAsync();
        if (host.Services.GetRequiredService<ForeignConnectorTransport>().Defect is { } defect)
            throw new TransportDefectException(defect);
    });

    /// <summary>One round: takes in everything pending, delivers everything due, prints one line.</summary>
    public static Task<int> OnceAsync(CommandLine command) => GuardAsync(async () =>
    {
        using var host = Build(command);
        host.Services.GetRequiredService<IStartupValidator>().Validate();
        var transport = host.Services.GetRequiredService<ForeignConnectorTransport>();
        var (intake, delivery) = await transport.ProcessPendingAsync();
        var waiting = host.Services.GetRequiredService<DeliveryQueue>().Count;
        Console.WriteLine(
            $"accepted {intake.Accepted}, {(intake.Refused > 0 ? $"refused {intake.Refused}, " : "")}"
            + $"badmail {intake.BadMail + intake.Poison}, "
            + $"left {intake.Left + intake.Unsettled}{(intake.RateLimited ? "+ (rate limit)" : "")}"
            + $"{(intake.HeldBack ? "+ (back pressure)" : "")}; "
            + $"recipients delivered {delivery.Delivered}, deferred {delivery.Deferred}, failed {delivery.Failed}"
            + $"{(waiting > 0 ? $"; messages waiting {waiting}" : "")}");
    });

    /// <summary>Says which connector an address would take, and why; touches no file.</summary>
    public static Task<int> ExplainAsync(CommandLine command) => GuardAsync(() =>
    {
        using var host = Build(command);
        host.Services.GetRequiredService<IStartupValidator>().Validate();
        using var explanations = new Explanations(host.Services.GetRequiredService<TransportState>().Current, command.Json, Console.Out);
        if (command.Explain == "-")
            explanations.AnswerAll(Console.In, command.Size.Octets);
        else
            explanations.Answer(command.Explain!, command.Size.Octets);
        explanations.Flush();
        return Task.CompletedTask;
    });

    /// <summary>Looks into the queue or acts on single messages, beside a running host or without one.</summary>
    public static async Task<int> QueueAsync(CommandLine command, QueueCommand queue)
    {
        var isDone = false;
        var status = await GuardAsync(async () =>
        {
            using var host = Build(command);
            host.Services.GetRequiredService<IStartupValidator>().Validate();
            var tool = new QueueTool(host.Services.GetRequiredService<IQueueManager>(),
                new QueueView(command.Json, Console.Out), host.Services.GetRequiredService<TimeProvider>());
            isDone = await tool.RunAsync(queue, CancellationToken.None);
        });
        return status == Success && !isDone ? NotDone : status;
    }

    /// <summary>Creates the schema of a queue that several hosts share.</summary>
    public static async Task<int> CreateSchemaAsync(CommandLine command)
    {
        bool? isCreated = null;
        var status = await GuardAsync(async () =>
        {
            using var host = Build(command);
            host.Services.GetRequiredService<IStartupValidator>().Validate();
            isCreated = await host.Services.CreatePostgreSqlQueueSchemaAsync();
            Console.WriteLine(isCreated switch
            {
                true => "the schema of the queue was created",
                false => "the schema of the queue is there already",
                null => "nothing was done: the queue is not in PostgreSQL (Queue:Provider)",
            });
        });
        return status == Success && isCreated is null ? NotDone : status;
    }

    private static IHost Build(CommandLine command, bool followChanges = false, Action<Exception>? onUnreadable = null)
    {
        var builder = new HostApplicationBuilder(
            new HostApplicationBuilderSettings { ContentRootPath = command.ContentRoot, DisableDefaults = true });
        builder.Configuration.AddJsonFile(source =>
        {
            source.Path = "appsettings.json";
            source.ReloadOnChange = followChanges;
            source.OnLoadException = context => onUnreadable?.Invoke(context.Exception);
        });
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging"));
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Services.Configure<ConsoleLoggerOptions>(console =>
        {
            console.LogToStandardErrorThreshold = LogLevel.Trace;
            // Mail does not wait for its log (SE-8).
            console.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite;
            console.MaxQueueLength = LogQueueLength;
        });
        var configuration = builder.Configuration.GetSection(ForeignConnectorOptions.SectionName);
        builder.Services.AddForeignConnectors(configuration);
        builder.Services.AddProcessAgent().AddHttpAgent().AddSmtpAgent();
        builder.Services.AddSmtpIntake(configuration.GetSection("SmtpIntake"));
        builder.Services.AddPostgreSqlQueue(configuration.GetSection("Queue"));
        return builder.Build();
    }

    // The innermost message has the line, or the key.
    private static string Unreadable(Exception e)
    {
        var reasons = TerminalText.Reasons(e);
        return reasons.Contains("duplicate key", StringComparison.OrdinalIgnoreCase)
            ? reasons + " Keys and names that differ only in case are one: rename or remove one of the two."
            : reasons;
    }

    private static async Task<int> GuardAsync(Func<Task> command)
    {
        try
        {
            await command();
            return Success;
        }
        catch (OptionsValidationException e)
        {
            var count = e.Failures.Count();
            Console.Error.WriteLine($"The configuration is invalid; nothing was started. {(count == 1 ? "1 error" : $"{count} errors")}:");
            foreach (var failure in e.Failures)
                Console.Error.WriteLine($"  {failure}");
            return InvalidConfiguration;
        }
        catch (OutputException e)
        {
            Console.Error.WriteLine($"The result cannot be written to standard output; what was done stays done. {e.Message}");
            return NotTold;
        }
        catch (Exception e) when (e is InvalidDataException or FileNotFoundException or DirectoryNotFoundException)
        {
            // appsettings.json is missing or is not JSON.
            Console.Error.WriteLine($"The configuration cannot be read; nothing was started. {Unreadable(e)}");
            return InvalidConfiguration;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The queue directory cannot be made or read; whatever fails later is deferred, not thrown.
            Console.Error.WriteLine($"The transport cannot start; mail stays where it is. {e.Message}");
            return CannotStart;
        }
        catch (Exception e)
        {
            // The message of an unexpected exception may quote mail, which belongs in no log (TR-3).
            var cause = e is TransportDefectException ? e.InnerException! : e;
            Console.Error.WriteLine(
                $"TransportHost ends by a defect; mail stays where it is. {cause.GetType().FullName}\n{cause.StackTrace}");
            return Defect;
        }
    }
}

/// <summary>The transport ended by itself while the host ran.</summary>
internal sealed class TransportDefectException(Exception cause) : Exception(cause.GetType().FullName, cause);
