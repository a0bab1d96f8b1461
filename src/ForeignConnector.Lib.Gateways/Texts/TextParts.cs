using MimeKit;
using MimeKit.Cryptography;

namespace ForeignConnector.Lib.Gateways.Texts;

/// <summary>Which parts of a message are its text, and which are attachments.</summary>
internal sealed class TextParts
{
    private const int MaxDepth = 50;
    private const int MaxAttachments = 1000;

    private readonly List<TextPart> _texts = [];
    private readonly List<MimeEntity> _attachments = [];

    public IReadOnlyList<TextPart> Texts => _texts;

    public IReadOnlyList<MimeEntity> Attachments => _attachments;

    public static TextParts Of(MimeEntity? body)
    {
        var parts = new TextParts();
        parts.Add(body, 0);
        return parts;
    }

    private void Add(MimeEntity? entity, int depth)
    {
        switch (entity)
        {
            case null:
                break;
            case Multipart multipart when depth < MaxDepth:
                Add(multipart, depth + 1);
                break;
            case TextPart { IsAttachment: false, IsPlain: true } or TextPart { IsAttachment: false, IsHtml: true }:
                _texts.Add((TextPart)entity);
                break;
            case not Multipart when _attachments.Count < MaxAttachments:
                _attachments.Add(entity);
                break;
        }
    }

    private void Add(Multipart multipart, int depth)
    {
        switch (multipart)
        {
            case MultipartAlternative:
                AddBest([.. multipart.Select(part => Tried(part, depth))]);
                break;
            case MultipartRelated { Root: { } root }:
                Add(root, depth);
                foreach (var part in multipart.Where(part => part != root))
                    AddBeside(part);
                break;
            case MultipartEncrypted:
                foreach (var part in multipart)
                    AddBeside(part);
                break;
            default:
                foreach (var part in multipart)
                    Add(part, depth);
                break;
        }
    }

    private static TextParts Tried(MimeEntity part, int depth)
    {
        var tried = new TextParts();
        tried.Add(part, depth);
        return tried;
    }

    // Plain text that says something, else HTML; of equals the last one (RFC 2046, 5.1.4). What is beside the text of others goes along.
    private void AddBest(TextParts[] alternatives)
    {
        var best = alternatives.LastOrDefault(each => each._texts.Any(text => text.IsPlain && PartText.SaysSomething(text)))
            ?? alternatives.LastOrDefault(each => each._texts.Exists(PartText.SaysSomething));
        if (best is not null)
            _texts.AddRange(best._texts);
        _attachments.AddRange(alternatives.SelectMany(each => each._attachments).Take(MaxAttachments - _attachments.Count));
    }

    private void AddBeside(MimeEntity part)
    {
        if (_attachments.Count < MaxAttachments && part is not Multipart)
            _attachments.Add(part);
    }
}
