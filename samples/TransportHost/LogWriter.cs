using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace TransportHost;

/// <summary>
/// Standard error as the place of the log: it holds nobody up (SE-8). A thread of its own writes; what a pipe that nobody reads has no room
/// for is dropped and counted, and what cannot be written is lost.
/// </summary>
internal sealed class LogWriter : TextWriter
{
    // Some thousands of lines.
    private const int Capacity = 4 << 20;

    private readonly TextWriter _inner;
    private readonly BlockingCollection<string> _texts = [];
    private readonly Thread _thread;
    private int _waiting;
    private int _dropped;

    public LogWriter(TextWriter inner)
    {
        _inner = inner;
        _thread = new Thread(WriteAll) { IsBackground = true, Name = "log" };
        _thread.Start();
    }

    public override Encoding Encoding => _inner.Encoding;

    public override void Write(char value) => Add(value.ToString());

    public override void Write(string? value) => Add(value ?? "");

    public override void WriteLine(string? value) => Add(value + CoreNewLineText);

    // Everything else in TextWriter comes here.
    public override void Write(char[] buffer, int index, int count) => Add(new string(buffer, index, count));

    /// <summary>Waits until everything is written, but not longer than <paramref name="patience"/>. Later text is lost.</summary>
    public void Finish(TimeSpan patience)
    {
        _texts.CompleteAdding();
        _thread.Join(patience);
    }

    private string CoreNewLineText => new(CoreNewLine);

    private void Add(string text)
    {
        if (Interlocked.Add(ref _waiting, text.Length) > Capacity)
        {
            Interlocked.Add(ref _waiting, -text.Length);
            Interlocked.Increment(ref _dropped);
            return;
        }
        try
        {
            _texts.Add(text);
        }
        catch (InvalidOperationException)
        {
            // The program ends.
        }
    }

    private void WriteAll()
    {
        foreach (var text in _texts.GetConsumingEnumerable())
        {
            Try(text);
            Interlocked.Add(ref _waiting, -text.Length);
            if (Interlocked.Exchange(ref _dropped, 0) is var dropped and > 0)
                Try(string.Create(
                    CultureInfo.InvariantCulture, $"{dropped} texts are missing here: nobody read standard error{CoreNewLineText}"));
        }
    }

    private void Try(string text)
    {
        try
        {
            _inner.Write(text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A log that cannot be written ends nothing.
        }
    }
}
