using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using ProxyCluster.Extensions;

namespace ProxyCluster.Tests.Http.OwnCode;

/// <summary>An adapter that misbehaves as its provider's name says. What waits does so until <see cref="Gate"/> opens, whatever its token says.</summary>
public sealed class OddAdapter(ProviderContext context, OddWatch watch) : ChatAdapter
{
    private static readonly string Page = new('x', 1024);

    // Several may behave alike: one that was told to rest is no help to the next test.
    private readonly string _kind = context.Name.TrimEnd('-', '1', '2');

    public override IAsyncEnumerable<AnswerPiece> AnswerAsync(ChatRequest request, CancellationToken cancellationToken)
    {
        switch (_kind)
        {
            case "throws-at-once":
                throw new InvalidOperationException("planted");
            case "null-stream":
                return null!;
            case "blocks":
                watch.Gate.Wait(CancellationToken.None);
                break;
        }

        return TellAsync(cancellationToken);
    }

    public override async Task<IReadOnlyList<string>> ListModelsAsync(CancellationToken cancellationToken)
    {
        if (context.Name == "hangs")
        {
            await watch.Gate.WaitAsync(CancellationToken.None);
        }

        return context.Name == "throws" ? null! : ["odd-1", "odd-2"];
    }

    private async IAsyncEnumerable<AnswerPiece> TellAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        switch (_kind)
        {
            case "throws":
                await Task.Yield();
                throw new InvalidOperationException("planted");
            case "limited":
                throw new ProviderException(429, "Slow down", TimeSpan.FromSeconds(7));
            case "locked":
                throw new ProviderException(401, "No");
            case "refuses":
                throw new ProviderException(400, "The tone is wrong.");
            case "late":
                throw new TimeoutException();
            case "unreachable":
                throw new HttpRequestException(HttpRequestError.ConnectionError);
            case "hangs":
                await watch.Gate.WaitAsync(CancellationToken.None);
                break;
            case "nothing":
                yield break;
            case "no-finish":
                yield return AnswerPiece.Text("Half an");
                yield break;
            case "misplaced":
                yield return AnswerPiece.Arguments("{}");
                break;
            case "half":
                yield return AnswerPiece.Text("Half an");
                await Task.Yield();
                throw new InvalidOperationException("planted");
            case "half-then-hangs":
                yield return AnswerPiece.Text("Half an");
                await watch.Gate.WaitAsync(CancellationToken.None);
                break;
            case "empty-for-ever":
                while (true)
                {
                    await Task.Yield();
                    yield return AnswerPiece.Text("");
                }

            case "endless":
                while (true)
                {
                    await Task.Yield();
                    yield return AnswerPiece.Text(Page);
                }

            case "waits":
                yield return AnswerPiece.Text("First");
                await watch.WaitAsync(cancellationToken);
                break;
        }

        yield return AnswerPiece.Text($"key={context.Key}");
        yield return AnswerPiece.Usage(new AnswerUsage(3, 2));
        yield return AnswerPiece.Finish(ChatFinishReason.Stop);
    }
}
