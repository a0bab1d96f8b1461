using ForeignConnector.Lib.Mail;
using Npgsql;

namespace ForeignConnector.Lib.PostgreSql;

/// <summary>A message in chunks: reads one at a time, so that memory does not grow with the message.</summary>
internal sealed class StoredContent(NpgsqlDataSource source, Sql sql, long content, long length) : MessageContent
{
    /// <summary>Octets of a chunk.</summary>
    public const int ChunkSize = 256 * 1024;

    /// <summary>Messages up to this size stand in one row.</summary>
    public const int InlineSize = 64 * 1024;

    public override long Length => length;

    public override Stream OpenRead() => new ChunkStream(source, sql, content, length);

    private sealed class ChunkStream(NpgsqlDataSource source, Sql sql, long content, long length) : Stream
    {
        private byte[] _chunk = [];
        private long _place = -1;
        private long _position;

        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => length;

        public override long Position
        {
            get => _position;
            set
            {
                ArgumentOutOfRangeException.ThrowIfNegative(value);
                _position = value;
            }
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            if (IsToBeLoaded)
            {
                using var command = Command();
                Keep(command.ExecuteScalar());
            }
            return Copy(buffer);
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (IsToBeLoaded)
            {
                var command = Command();
                await using var _ = command.ConfigureAwait(false);
                try
                {
                    Keep(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false));
                }
                catch (Exception e) when (DatabaseConnection.Explain(e) is var explained && explained != e)
                {
                    throw explained;
                }
            }
            return Copy(buffer.Span);
        }

        public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => _position + offset,
            _ => length + offset,
        };

        public override void Flush()
        {
        }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        private bool IsToBeLoaded => _position < length && _position / ChunkSize != _place;

        private NpgsqlCommand Command()
        {
            var command = source.CreateCommand(sql.ReadChunk);
            command.Parameters.Add(Sql.Value(content));
            command.Parameters.Add(Sql.Value((int)(_position / ChunkSize)));
            return command;
        }

        private void Keep(object? octets)
        {
            var place = _position / ChunkSize;
            if (octets is not byte[] chunk || chunk.Length != Math.Min(ChunkSize, length - place * ChunkSize))
                throw new IOException("a part of the message is not in the database: the entry has ended, or the table was changed");
            (_chunk, _place) = (chunk, place);
        }

        private int Copy(Span<byte> buffer)
        {
            if (_position >= length)
                return 0;
            var from = (int)(_position % ChunkSize);
            var count = Math.Min(buffer.Length, _chunk.Length - from);
            _chunk.AsSpan(from, count).CopyTo(buffer);
            _position += count;
            return count;
        }
    }
}
