using System.Buffers;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Costs;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Providers.OpenAi;

/// <summary>
/// Passes a stream on as it came: each event is read once and copied. Usage reaches only a client that asked for it,
/// and then in an event of its own, whichever way the provider tells it.
/// </summary>
internal sealed class OpenAiStream(InferenceRequest request) : StreamTranslator
{
    private const int MostUsageBytes = 4096;

    private RepeatedEvent _repeated;
    private byte[]? _owedUsage;
    private byte[]? _owedTemplate;
    private bool _hasContent;
    private bool _toldUsage;
    private int _finished;
    private int _calls;

    /// <inheritdoc/>
    public override StreamSignal Translate(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data, IBufferWriter<byte> output)
    {
        if (name.IsEmpty && _repeated.Matches(data, out var hidden))
        {
            WriteEvent(data, hidden, output);
            _hasContent = true;
            return StreamSignal.Content;
        }

        if (data.SequenceEqual("[DONE]"u8))
        {
            return End(output);
        }

        if (!OpenAiChunk.TryRead(data, out var chunk))
        {
            return StreamSignal.Malformed;
        }

        Usage = chunk.Usage ?? Usage;
        if (chunk.IsError || name.SequenceEqual("error"u8))
        {
            Error = OpenAiErrors.FromEvent(data);
            return StreamSignal.Failed;
        }

        try
        {
            Copy(data, chunk, output);
        }
        catch (InvalidOperationException)
        {
            // It needs repair, and has half a surrogate pair in an escape.
            return StreamSignal.Malformed;
        }

        _finished += chunk.Finished;
        _hasContent |= chunk.HasContent;
        return chunk.HasContent || chunk.Finished > 0 ? StreamSignal.Content : StreamSignal.None;
    }

    /// <inheritdoc/>
    public override bool Complete(IBufferWriter<byte> output)
    {
        // Some servers close after the last choice has finished, without a word.
        if (_finished < request.Choices)
        {
            return false;
        }

        WriteOwedUsage(output);
        return true;
    }

    private StreamSignal End(IBufferWriter<byte> output)
    {
        if (!_hasContent && _finished == 0)
        {
            Error = new UpstreamError(AttemptOutcome.InvalidAnswer, Refusals.UpstreamInvalidResponse(), true, null);
            return StreamSignal.Failed;
        }

        WriteOwedUsage(output);
        return StreamSignal.End;
    }

    private void Copy(ReadOnlySpan<byte> data, in OpenAiChunk chunk, IBufferWriter<byte> output)
    {
        var isUsageAlone = !chunk.HasChoices && chunk.Usage is not null;
        if (isUsageAlone)
        {
            _toldUsage = true;
            if (request.IncludeUsage)
            {
                WriteUsageEvent(data, chunk.UsageToken, output);
            }

            return;
        }

        if (chunk.Usage is not null && request.IncludeUsage)
        {
            OweUsage(data, chunk);
        }

        // A null tells nothing; it stays where the client expects it.
        var isHidden = !chunk.UsageMember.Equals(default) && (!request.IncludeUsage || chunk.Usage is not null);
        if (chunk.NeedsRepair)
        {
            OpenAiRepair.RepairEvent(data, isHidden, ref _calls, output);
            return;
        }

        var without = isHidden ? chunk.UsageMember : default;
        WriteEvent(data, without, output);
        if (!chunk.OnlyText.Equals(default) && chunk.Finished == 0 && chunk.Usage is null)
        {
            _repeated.Learn(data, chunk.OnlyText, without);
        }
    }

    private void OweUsage(ReadOnlySpan<byte> data, in OpenAiChunk chunk)
    {
        var usage = data[chunk.UsageToken];
        if (usage.Length > MostUsageBytes)
        {
            return;
        }

        _owedUsage = usage.ToArray();
        _owedTemplate ??= OpenAiRepair.Envelope(data);
    }

    private void WriteOwedUsage(IBufferWriter<byte> output)
    {
        if (_owedUsage is null || _owedTemplate is null || _toldUsage)
        {
            return;
        }

        _toldUsage = true;
        output.Write("data: "u8);
        output.Write(_owedTemplate);
        output.Write(",\"choices\":[],\"usage\":"u8);
        WriteUsage(_owedUsage, output);
        output.Write("}\n\n"u8);
    }

    private void WriteUsageEvent(ReadOnlySpan<byte> data, Range usage, IBufferWriter<byte> output)
    {
        output.Write("data: "u8);
        WriteOnOneLine(data[..usage.Start], output);
        WriteUsage(data[usage], output);
        WriteOnOneLine(data[usage.End..], output);
        output.Write("\n\n"u8);
    }

    private void WriteUsage(ReadOnlySpan<byte> usage, IBufferWriter<byte> output)
    {
        if (CostDollars is not { } dollars || UsageCost.IsToldIn(usage))
        {
            WriteOnOneLine(usage, output);
            return;
        }

        WriteOnOneLine(usage[..^1], output);
        UsageCost.WriteMember(usage, dollars, output);
        output.Write("}"u8);
    }

    private static void WriteEvent(ReadOnlySpan<byte> data, Range without, IBufferWriter<byte> output)
    {
        if (without.Equals(default))
        {
            var span = output.GetSpan(data.Length + 8);
            "data: "u8.CopyTo(span);
            data.CopyTo(span[6..]);
            "\n\n"u8.CopyTo(span[(6 + data.Length)..]);
            OneLine(span.Slice(6, data.Length));
            output.Advance(data.Length + 8);
            return;
        }

        output.Write("data: "u8);
        WriteOnOneLine(data[..without.Start], output);
        WriteOnOneLine(data[without.End..], output);
        output.Write("\n\n"u8);
    }

    private static void WriteOnOneLine(ReadOnlySpan<byte> data, IBufferWriter<byte> output)
    {
        var span = output.GetSpan(data.Length);
        data.CopyTo(span);
        OneLine(span[..data.Length]);
        output.Advance(data.Length);
    }

    // Several data lines were joined: within JSON a line feed is white space between tokens.
    private static void OneLine(Span<byte> data) => data.Replace((byte)'\n', (byte)' ');
}
