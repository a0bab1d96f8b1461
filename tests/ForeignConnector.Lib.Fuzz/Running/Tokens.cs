using System.Text;

namespace ForeignConnector.Lib.Fuzz.Running;

/// <summary>Words that mean something to somebody who reads mail, addresses or our own files. One character is one octet (Latin-1).</summary>
internal static class Tokens
{
    public static byte[][] All { get; } =
    [
        .. ((string[])
        [
            // Lines
            "\r\n", "\n", "\r", "\r\n\r\n", "\n\n", "\r\n ", "\r\n\t", "\n ", " ", "\t", "\0", "\xEF\xBB\xBF", "\v", "\f", "\x85", "\xC2\xA0", "\xE2\x80\xA8", "\xFF\xFE", ":", ": ", " :", "\t:",
            // Fields
            "From: ", "To: ", "Cc: ", "Bcc: ", "BCC:", "Bcc :", "Sender: ", "Resent-Bcc: x@e.test\r\n", "Resent-To: ", "Received: from x by y; Fri, 30 Jan 2026 10:00:00 +0000\r\n", "Subject: ", "Date: ",
            "Message-ID: ", "Message-ID: <>\r\n", "Reply-To: evil@e.test\r\n", "Content-Type: ", "X-MS-Exchange-Organization-SCL: -1\r\n", "X-MS-Exchange-Forest-A: b\r\n", "From sender Fri Jan 30 10:00:00 2026\r\n",
            "Microsoft Mail Internet Headers Version 2.0\r\n", "MIME-Version: 1.0\r\n", "Content-Transfer-Encoding: base64\r\n",
            // The injected block
            "X-Sender: ", "X-Sender: <a@e.test>\r\n", "X-Sender: <>\r\n", "X-Receiver: ", "X-Receiver: <b@e.test>\r\n", "X-CreatedBy: ", "X-CreatedBy: MSExchange15\r\n", "X-HeloDomain: ", "X-ExtendedProps: ",
            "X-ExtendedMessageProps: ", "X-MessageSnapshot-Source: x\r\n", "X-Source: ", "X-SourceIPAddress: ", "X-EndOfInjectedXHeaders: 17\r\n", "BODY=7bit", "BODY=8BITMIME", "BODY=BINARYMIME", "RET=HDRS", "RET=FULL",
            "ENVID=", "AUTH=<x>", "NOTIFY=NEVER", "NOTIFY=SUCCESS,FAILURE,DELAY", "ORCPT=rfc822;", "ORcpt=", ";", "; ", "=", "+2B", "+", "SIZE=1000",
            // Addresses
            "<", ">", "@", "\"", "\\", "\\\"", "(", ")", "[", "]", ",", ",,", "..", ".", "group:", ";,", "undisclosed-recipients:;", "(none)", "<>", "<@r.test:", "a@e.test", "<a@e.test>", "\"a b\"@e.test", "\"a@b\"",
            "postmaster", "[192.0.2.1]", "[IPv6:2001:db8::1]", "xn--mller-kva.test", "m\xC3\xBCller@e.test", "'a@e.test'", "!", "%", "IMCEAFAX-+2B1", "imceaX400-c=US_a=", "IMCEA", "_",
            // Spaces and X.400
            "SMTP:", "X400:", "FAX:", "*", "*.", "**", ";1", ";100", ";0", ";-1", "c=US;a=Fabrikam;p=Contoso", "/c=US/a=Fabrikam/", "dda:x=y", "ou1=", "x121=", "\\;", "\\=", "\\*",
            // Encoded words
            "=?utf-8?b?", "=?utf-8?q?", "=?iso-8859-1?Q?a?=", "=?utf-8?b? @R?=", "?=", "=?", "\xC3\xA9", "\xE2\x80\xAE", "\xE2\x80\x8B", "=\r\n", "____", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            // Dates
            "Fri, 30 Jan 2026 10:00:00 +0000", "30 Jan 26", "10:00", "23:59:60", "GMT", "EST", "-0000", "+9999", "Feb", "31", "00", "9999", "1900",
            // Our own files
            "{", "}", "[", "null", "true", "-1", "2147483648", "1e999", "\"attempts\":", "\"recipients\":", "\"index\":", "\"action\":\"Failed\"", "\"action\":\"Deferred\"", "\"status\":\"5.1.1\"", "\"text\":", "\"crashes\":",
            "\"nextAttempt\":", "\"0001-01-01T00:00:00+00:00\"", "\"9999-12-31T23:59:59.9999999+14:00\"", "//", "/*", "../", "/", "20260131T235959.1234567Z-0123456789abcdef0123456789abcdef-0123456789abcdef", "-", "%2F",
        ]).Select(Encoding.Latin1.GetBytes),
        new byte[] { 0xC3 },
        new byte[] { 0xED, 0xA0, 0x80 },
        new byte[] { 0xF4, 0x90, 0x80, 0x80 },
    ];
}
