using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace ProxyCluster.GatewayApi.Providers;

/// <summary>
/// Authorities in a file that may be replaced while the gateway runs: it is read anew where it has changed, whenever a
/// server's certificate is judged. While it is missing or broken, what it held before stays in force.
/// </summary>
internal sealed partial class AuthorityFile
{
    private readonly string _path;
    private readonly ILogger _logger;
    private readonly Lock _reading = new();
    private TrustedAuthorities _authorities;
    private Stamp _stamp;

    private AuthorityFile(string path, TrustedAuthorities authorities, Stamp stamp, ILogger logger)
    {
        _path = path;
        _authorities = authorities;
        _stamp = stamp;
        _logger = logger;
    }

    /// <summary>Reads a PEM file for the first time.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="logger">Hears of a file that can no longer be read.</param>
    /// <param name="file">The file.</param>
    /// <param name="fault">What is wrong with it; <see langword="null"/>: nothing.</param>
    public static bool TryOpen(string path, ILogger logger, [NotNullWhen(true)] out AuthorityFile? file, [NotNullWhen(false)] out string? fault)
    {
        // Before the file is read: one that is replaced meanwhile is read again.
        var stamp = Stamp.Of(path);
        file = TrustedAuthorities.TryRead(path, out var authorities, out fault) ? new AuthorityFile(path, authorities, stamp, logger) : null;
        return file is not null;
    }

    /// <summary>Decides on a server's certificate by the file as it is now.</summary>
    public bool Accepts(X509Certificate? certificate, X509Chain? presented, SslPolicyErrors errors) =>
        Current().Accepts(certificate, presented, errors);

    private TrustedAuthorities Current()
    {
        lock (_reading)
        {
            var stamp = Stamp.Of(_path);
            if (stamp == _stamp)
            {
                return _authorities;
            }

            _stamp = stamp;
            if (TrustedAuthorities.TryRead(_path, out var renewed, out var fault))
            {
                _authorities = renewed;
            }
            else
            {
                LogUnreadable(_logger, fault);
            }

            return _authorities;
        }
    }

    private readonly record struct Stamp(DateTime WrittenAt, long Bytes)
    {
        public static Stamp Of(string path)
        {
            try
            {
                // Of the open file: a mounted secret is a link that stays as it is when what it leads to is replaced.
                using var file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
                return new Stamp(File.GetLastWriteTimeUtc(file), RandomAccess.GetLength(file));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return default;
            }
        }
    }

    [LoggerMessage(EventId = 2312, Level = LogLevel.Warning, Message = "The authorities that were trusted before stay in force: {Fault}")]
    private static partial void LogUnreadable(ILogger logger, string fault);
}
