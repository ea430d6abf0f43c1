using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Tokens;

namespace ProxyCluster.Tests.Unit.Condensation;

/// <summary>Every gateway finds the same result: each process hashes words by a seed of its own, and no result depends on it.</summary>
public sealed class DeterminismTests
{
    private const string FileOfDigest = "PROXYCLUSTER_TEST_DIGEST";

    // The other process runs this very test, and is told where to write what it finds.
    [Fact(Timeout = 120_000)]
    public async Task Result_IsTheSame_InAnotherProcess()
    {
        var cancel = TestContext.Current.CancellationToken;
        if (Environment.GetEnvironmentVariable(FileOfDigest) is { Length: > 0 } asked)
        {
            await File.WriteAllTextAsync(asked, Digest(), cancel);
            return;
        }

        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "ProxyCluster.Tests.Unit"))
        {
            ArgumentList = { "-method", $"*{nameof(DeterminismTests)}.{nameof(Result_IsTheSame_InAnotherProcess)}" },
            RedirectStandardOutput = true,
        };
        start.Environment[FileOfDigest] = file;
        try
        {
            using var other = Process.Start(start)!;
            var output = await other.StandardOutput.ReadToEndAsync(cancel);
            await other.WaitForExitAsync(cancel);

            Assert.True(File.Exists(file), output);
            Assert.Equal(Digest(), await File.ReadAllTextAsync(file, cancel));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string Digest()
    {
        var found = new StringBuilder();
        foreach (var strategy in Enum.GetValues<CondensationStrategy>())
        {
            foreach (var query in (string?[])[null, "When is the release?"])
            {
                for (var seed = 0; seed < 10; seed++)
                {
                    var result = Condenser.Condense(
                        Conversations.Of(seed, 60), new CondensationRequest { Budget = 1500, Counter = TokenCounters.O200k, Strategy = strategy, Query = query });
                    found.AppendJoin('\n', result.Messages.Select(message => string.Create(CultureInfo.InvariantCulture, $"{message.Source} {message.Text}"))).Append('\n').Append(result.Text);
                }
            }
        }

        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(found.ToString())));
    }
}
