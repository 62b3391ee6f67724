namespace QLoraGen.Cli.Reports;

/// <summary>How the report looks, in the light and in the dark, on a screen and on paper.</summary>
internal static class ReportStyle
{
    public static Html Sheet { get; } = $$"""

        :root { color-scheme: light dark; --back: #f6f7f9; --sheet: #fff; --text: #1b1f24; --quiet: #5c6670; --rule: #dfe3e8;
          --first: #2563eb; --second: #d9480f; --frozen: #64748b; --adapters: #2563eb; --gradients: #0d9488; --optimizer: #9333ea; --activations: #ca8a04; --process: #94a3b8; --measured: #d9480f; --good: #15803d; }
        @media (prefers-color-scheme: dark) { :root { --back: #14171b; --sheet: #1d2126; --text: #e6e9ec; --quiet: #9aa5b1; --rule: #343b43;
          --first: #6ea8fe; --second: #ff9559; --frozen: #94a3b8; --adapters: #6ea8fe; --gradients: #2dd4bf; --optimizer: #c084fc; --activations: #facc15; --process: #64748b; --measured: #ff9559; --good: #4ade80; } }
        * { box-sizing: border-box; }
        body { max-width: 68rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; background: var(--back); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
        h1 { margin: 0; font-size: 1.6rem; overflow-wrap: anywhere; }
        h2 { margin: 0 0 .75rem; font-size: 1.1rem; }
        header p { margin: .2rem 0 0; overflow-wrap: anywhere; }
        section, .figures > div { background: var(--sheet); border: 1px solid var(--rule); border-radius: 8px; }
        section { margin-top: 1rem; padding: 1rem 1.1rem; }
        .quiet { color: var(--quiet); font-size: .87rem; }
        section > p:last-child { margin-bottom: 0; }
        .figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr)); gap: .75rem; margin: 1rem 0 0; }
        .figures > div { padding: .65rem .8rem; }
        dt { color: var(--quiet); font-size: .87rem; }
        dd { margin: 0; }
        .figures dd { font-size: 1.08rem; font-weight: 600; font-variant-numeric: tabular-nums; white-space: nowrap; }
        .figures dd.quiet { font-size: .8rem; font-weight: 400; white-space: normal; }
        figure { margin: 0; overflow-x: auto; }
        section > figure > svg { min-width: 46rem; }
        figcaption { color: var(--quiet); font-size: .87rem; }
        svg { display: block; width: 100%; height: auto; }
        svg text { fill: var(--quiet); font: 12px system-ui, sans-serif; font-variant-numeric: tabular-nums; }
        .grid { stroke: var(--rule); }
        polyline { fill: none; stroke-width: 2; stroke-linejoin: round; stroke: var(--first); }
        polyline.faint { stroke-width: 1; opacity: .4; }
        polyline.dots { stroke: var(--second); stroke-width: 1.5; stroke-dasharray: 5 4; }
        circle { fill: var(--first); }
        circle.dots { fill: var(--second); }
        .pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: 1rem; margin-top: 1rem; }
        .legend { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; margin: .3rem 0 0; padding: 0; list-style: none; color: var(--quiet); font-size: .87rem; }
        .legend i { display: inline-block; width: 1.4em; margin-right: .45em; border-top: 3px solid var(--first); vertical-align: middle; }
        .legend i.faint { opacity: .4; }
        .legend i.dots { border-top: 3px dotted var(--second); }
        pre { margin: 0; font: 13px/1.45 ui-monospace, "DejaVu Sans Mono", monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
        article { padding: .8rem 0; border-top: 1px solid var(--rule); }
        article .prompt { color: var(--quiet); }
        .versions { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: .75rem; margin: .6rem 0 0; }
        .versions > div { padding-left: .6rem; border-left: 3px solid var(--rule); }
        .versions > .new { border-left-color: var(--first); }
        .versions > .same { border-left-color: var(--good); }
        .bars { display: grid; grid-template-columns: max-content 1fr max-content; gap: .45rem .8rem; align-items: center; margin-bottom: .8rem; }
        .bar { display: flex; height: .9rem; background: var(--back); border-radius: 3px; overflow: hidden; }
        .frozen { background: var(--frozen); } .adapters { background: var(--adapters); } .gradients { background: var(--gradients); }
        .optimizer { background: var(--optimizer); } .activations { background: var(--activations); } .process { background: var(--process); } .measured { background: var(--measured); }
        .key { display: inline-block; width: .7em; height: .7em; margin-right: .5em; border-radius: 2px; }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; font-size: .92rem; }
        caption { color: var(--quiet); text-align: left; padding-bottom: .2rem; }
        th, td { padding: .22rem .9rem .22rem 0; border-bottom: 1px solid var(--rule); text-align: left; vertical-align: top; font-weight: 400; }
        tr:first-child > th:not([scope]) { color: var(--quiet); }
        .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
        .name { overflow-wrap: anywhere; }
        .scroll th { white-space: nowrap; }
        .path { min-width: 16rem; overflow-wrap: anywhere; }
        .columns table { font-size: .85rem; }
        .columns .name { min-width: 6.2rem; }
        .command { padding: .55rem .7rem; margin-bottom: 1rem; background: var(--back); border-radius: 5px; }
        .columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: 1.2rem; align-items: start; }
        @media print { body { max-width: none; background: none; } section { break-inside: avoid; } }

        """;
}
