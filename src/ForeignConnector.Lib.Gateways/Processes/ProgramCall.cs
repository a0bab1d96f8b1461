using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ForeignConnector.Lib.Gateways.Processes;

/// <summary>One run of a program: without a shell, for a bounded time, with bounded output.</summary>
internal sealed class ProgramCall
{
    /// <summary>Stands in the environment of the program and of all that it starts, so that they can be found.</summary>
    public const string Mark = "FOREIGN_CONNECTOR_CALL";

    // What is kept of the output of a program; the rest is read and forgotten.
    private const int KeptOutput = 4096;

    private const int KillRounds = 10;

    // What the program started may hold its output open; nobody waits for it.
    private static readonly TimeSpan OutputGrace = TimeSpan.FromSeconds(2);

    // The host waits 20 seconds for what is under way when it stops.
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(10);

    public required string FileName { get; init; }

    public required IReadOnlyList<string> Arguments { get; init; }

    public required string WorkingDirectory { get; init; }

    public required IDictionary<string, string> Environment { get; init; }

    public required TimeSpan Timeout { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>What it reads; null is nothing.</summary>
    public required Func<Stream>? OpenInput { get; init; }

    /// <summary>Runs the program.</summary>
    /// <param name="cancellationToken">
    /// The host stops: the program gets some seconds to end, because what it did cannot be undone; then it is killed.
    /// </param>
    /// <returns>Its exit code and the first line of its output; null when it took too long and was killed.</returns>
    /// <exception cref="Win32Exception">It cannot be started.</exception>
    /// <exception cref="OperationCanceledException">The host stops.</exception>
    public async Task<(int ExitCode, string FirstLine)?> RunAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var mark = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        using var process = new Process { StartInfo = StartInfo(mark) };
        process.Start();
        var output = new Kept(process.StandardOutput.BaseStream);
        var errors = new Kept(process.StandardError.BaseStream);
        var input = Task.Run(() => WriteAsync(process, mark), CancellationToken.None);
        using var patience = new CancellationTokenSource(Timeout, Time);
        using (cancellationToken.UnsafeRegister(_ => patience.CancelAfter(StopGrace), null))
        {
            try
            {
                await process.WaitForExitAsync(patience.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                Kill(process, mark);
                await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                return null;
            }
        }
        using var grace = new CancellationTokenSource(OutputGrace, Time);
        await Task.WhenAll(output.Ended, errors.Ended, input).WaitAsync(grace.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // The message could not be read.
        if (input.IsFaulted)
            await input.ConfigureAwait(false);
        return (process.ExitCode, output.FirstLine is { Length: > 0 } first ? first : errors.FirstLine);
    }

    private ProcessStartInfo StartInfo(string mark)
    {
        var start = new ProcessStartInfo
        {
            FileName = FileName,
            WorkingDirectory = WorkingDirectory,
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in Arguments)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in Environment)
            start.Environment[name] = value;
        start.Environment[Mark] = mark;
        return start;
    }

    // A program need not read its input: what breaks off at its end is no error by itself. Half a message must not pass for a whole one.
    private async Task WriteAsync(Process process, string mark)
    {
        var input = process.StandardInput.BaseStream;
        try
        {
            await using (input.ConfigureAwait(false))
            {
                if (OpenInput is not null)
                    await CopyAsync(input).ConfigureAwait(false);
            }
        }
        catch (BrokenPipeException)
        {
            // It has closed its input.
        }
        catch
        {
            Kill(process, mark);
            throw;
        }
    }

    private async Task CopyAsync(Stream input)
    {
        var buffer = new byte[32 * 1024];
        var content = OpenInput!();
        await using (content.ConfigureAwait(false))
        {
            while (await content.ReadAsync(buffer).ConfigureAwait(false) is > 0 and var read)
            {
                try
                {
                    await input.WriteAsync(buffer.AsMemory(0, read)).ConfigureAwait(false);
                }
                catch (IOException e)
                {
                    throw new BrokenPipeException(e);
                }
            }
        }
    }

    // What a process started may have left it; its environment still tells.
    private static void Kill(Process process, string mark)
    {
        TryKill(process);
        if (!OperatingSystem.IsLinux())
            return;
        for (var round = 0; round < KillRounds && KillMarked(mark); round++)
        {
        }
    }

    private static bool KillMarked(string mark)
    {
        var found = false;
        foreach (var process in Process.GetProcesses())
        {
            using (process)
            {
                if (!IsMarked(process.Id, mark))
                    continue;
                found = true;
                TryKill(process);
            }
        }
        return found;
    }

#pragma warning disable RS0030 // What the kernel tells of processes is no file of the application.
    private static bool IsMarked(int processId, string mark)
    {
        try
        {
            var environment = File.ReadAllBytes(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/environ"));
            return environment.AsSpan().IndexOf(Encoding.ASCII.GetBytes($"{Mark}={mark}")) >= 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
#pragma warning restore RS0030

    private static void TryKill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException or NotSupportedException)
        {
            // It ended by itself, or is not ours.
        }
    }

    private sealed class BrokenPipeException(IOException cause) : Exception(cause.Message, cause);

    // The beginning of an output; readable while the rest still comes.
    private sealed class Kept
    {
        private readonly byte[] _start = new byte[KeptOutput];
        private int _length;

        public Kept(Stream output) => Ended = Task.Run(() => FillAsync(output));

        public Task Ended { get; }

        public string FirstLine
        {
            get
            {
                lock (_start)
                    return Encoding.UTF8.GetString(_start.AsSpan(0, _length)).TrimStart().Split('\n', 2)[0].TrimEnd();
            }
        }

        private async Task FillAsync(Stream output)
        {
            var buffer = new byte[16 * 1024];
            try
            {
                while (await output.ReadAsync(buffer).ConfigureAwait(false) is > 0 and var read)
                {
                    lock (_start)
                    {
                        var kept = Math.Min(read, KeptOutput - _length);
                        buffer.AsSpan(0, kept).CopyTo(_start.AsSpan(_length));
                        _length += kept;
                    }
                }
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // Nothing more comes.
            }
        }
    }
}
