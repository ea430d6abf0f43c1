using System.CommandLine;
using System.Security.Cryptography;
using ProxyCluster.Core.Audit;
using ProxyCluster.GatewayApi.Hosting;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.Silo.CommandLine;

/// <summary><c>audit verify</c>: checks an audit log against its chain of hashes and its anchors.</summary>
internal static class AuditCommands
{
    private const int Intact = 0;
    private const int Unchecked = 1;
    private const int BadArguments = 2;
    private const int NotIntact = 3;

    public static Command Create()
    {
        var log = new Option<string>("--log") { Description = "Which log.", DefaultValueFactory = _ => AuditLogs.Actions };
        log.AcceptOnlyFromAmong([.. AuditLogs.Names]);
        var from = new Option<long?>("--from") { Description = "The first record to check; checking begins with its segment. Default: the first there is." };
        var to = new Option<long?>("--to") { Description = "The last record to check. Default: the last there is." };
        var anchors = new Option<string?>("--anchors") { Description = "A file of anchors, or a directory of such files." };
        var anchorKey = new Option<string?>("--anchor-key") { Description = "The public key (PEM) that anchors must be signed by." };
        var file = new Option<string?>("--file") { Description = "An exported log in place of the store." };
        var url = new Option<string?>("--url") { Description = "The admin listener of a running gateway in place of the store." };
        var key = new Option<string?>("--key") { Description = $"A key for it that may read the log. Better in the environment variable {KeyCommands.KeyVariable}." };
        var verify = new Command(
            "verify",
            "Checks an audit log and names its first bad record. Settings such as --config may follow: the secret that the log is sealed with is found by them. Exit code 0: intact; 1: it could not be checked; 3: it is not intact.")
        {
            log, from, to, anchors, anchorKey, file, url, key,
        };
        verify.TreatUnmatchedTokensAsErrors = false;
        verify.SetAction((parsed, cancel) => RunAsync(
            new(
                parsed.GetValue(log)!,
                parsed.GetValue(from),
                parsed.GetValue(to),
                parsed.GetValue(anchors),
                parsed.GetValue(anchorKey),
                parsed.GetValue(file),
                parsed.GetValue(url),
                parsed.GetValue(key) is { Length: > 0 } secret ? new Secret(secret) : null,
                parsed.UnmatchedTokens),
            cancel));
        return new Command("audit", "Works on audit logs.") { verify };
    }

    private static async Task<int> RunAsync(AuditRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var verdict = await AuditVerification.RunAsync(request, cancellationToken);
            await (verdict.Fault is null ? Console.Out : Console.Error).WriteLineAsync(verdict.Describe());
            return verdict.Fault is null ? Intact : NotIntact;
        }
        catch (UsageFault fault)
        {
            await Console.Error.WriteLineAsync(fault.Message);
            return BadArguments;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException or PepperException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return Unchecked;
        }
        catch (Exception exception) when (StartFault.Describe(exception) is { } sentence)
        {
            await Console.Error.WriteLineAsync(sentence);
            return Unchecked;
        }
        catch (Exception exception) when (ClusterSilence.Caused(exception))
        {
            await Console.Error.WriteLineAsync($"The cluster does not answer: {exception.Message}");
            return Unchecked;
        }
    }
}

/// <summary>What is to be verified.</summary>
/// <param name="Log">One of <see cref="AuditLogs.Names"/>.</param>
/// <param name="From">The first record; <see langword="null"/>: the first there is.</param>
/// <param name="To">The last record; <see langword="null"/>: the last there is.</param>
/// <param name="Anchors">A file or a directory; <see langword="null"/>: none.</param>
/// <param name="AnchorKey">A PEM file; <see langword="null"/>: anchors need not be signed.</param>
/// <param name="File">An exported log; <see langword="null"/>: not from a file.</param>
/// <param name="Url">An admin listener; <see langword="null"/>: not from a gateway.</param>
/// <param name="Key">A key for it.</param>
/// <param name="Settings">The process's settings.</param>
internal sealed record AuditRequest(
    string Log, long? From, long? To, string? Anchors, string? AnchorKey, string? File, string? Url, Secret? Key, IReadOnlyList<string> Settings);
