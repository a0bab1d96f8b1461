using System.Text;

namespace TransportHost;

/// <summary>Standard output, which may be a file on a full volume, closed, or a pipe that nobody reads: a result that cannot be written
/// ends the command.</summary>
/// <param name="inner">Where the text goes.</param>
/// <param name="patience">How long a reader may let us wait; <see cref="Timeout.InfiniteTimeSpan"/> for output that people page
/// through.</param>
internal sealed class ConsoleWriter(TextWriter inner, TimeSpan patience) : TextWriter
{
    private bool _isStuck;

    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value) => Write([value], 0, 1);

    // Everything else in TextWriter comes here.
    public override void Write(char[] buffer, int index, int count)
    {
        try
        {
            if (patience == Timeout.InfiniteTimeSpan)
                inner.Write(buffer, index, count);
            else
                WriteWithPatience(buffer[index..(index + count)]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OutputException(e);
        }
    }

    private void WriteWithPatience(char[] text)
    {
        // What comes after text that is still being written would wait for it.
        if (_isStuck)
            throw new IOException("Nobody reads it.");
        var failure = (Exception?)null;
        var thread = new Thread(() => failure = Try(text)) { IsBackground = true };
        thread.Start();
        _isStuck = !thread.Join(patience);
        if (_isStuck)
            throw new IOException("Nobody reads it.");
        if (failure is not null)
            throw failure;
    }

    private Exception? Try(char[] text)
    {
        try
        {
            inner.Write(text);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e;
        }
    }
}

/// <summary>Standard output cannot be written.</summary>
internal sealed class OutputException(Exception cause) : Exception(cause.Message, cause);
