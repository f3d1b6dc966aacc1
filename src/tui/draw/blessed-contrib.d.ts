/** What is used of blessed-contrib's line chart; the package's types do not reach its files. */
declare module 'blessed-contrib/lib/widget/charts/line.js' {
  import type Context from 'drawille-canvas-blessed-contrib';

  namespace Line {
    /** What `setData` uses of a chart. */
    interface Host {
      readonly ctx: Context;
      /** In dots: two a column, four a row. */
      readonly canvasSize: { readonly width: number; readonly height: number };
      readonly options: {
        readonly minY: number;
        readonly maxY: number;
        readonly numYLabels: number;
        readonly showNthLabel: number;
        readonly showLegend: boolean;
        readonly wholeNumbersOnly: boolean;
        readonly abbreviate: boolean;
        /** Dots left of the data, and from there to the left end of the labels. */
        readonly xPadding: number;
        readonly xLabelPadding: number;
        readonly style: { readonly line: string; readonly text: string; readonly baseline: string };
      };
    }

    /** A line: a label and a value for each point. */
    interface Data {
      readonly x: readonly string[];
      readonly y: readonly number[];
      readonly style: { readonly line: string };
    }
  }

  const Line: { readonly prototype: { setData(this: Line.Host, data: readonly Line.Data[]): void } };
  export = Line;
}

/** The canvas that blessed-contrib draws charts on; the package brings no types. */
declare module 'drawille-canvas-blessed-contrib' {
  namespace Context {
    /** Where dots and text go. */
    interface DotCanvas {
      /** Colours of the dots and of the text that come next, as the chart's style names them. */
      color: string;
      fontFg: string;
      set(x: number, y: number): void;
      unset(x: number, y: number): void;
      writeText(text: string, x: number, y: number): void;
    }
  }

  /** As much of a canvas in a browser as a chart needs. */
  class Context {
    constructor(width: number, height: number, canvasClass: new (width: number, height: number) => Context.DotCanvas);
    moveTo(x: number, y: number): void;
    lineTo(x: number, y: number): void;
  }
  export = Context;
}
